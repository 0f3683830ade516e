"""The names of what is noted. A name says what happened, never about whom or what was written."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """Everything that leaves a line on the log."""

    DEPLOYMENT_FOUNDED = "deployment_founded"
    REPORT_OPENED = "report_opened"
    MAILBOX_OPENED = "mailbox_opened"
    REPORTER_WROTE = "reporter_wrote"
    CASE_LOOKED = "case_looked"
    REPORT_LOOKED = "report_looked"
    CASE_ACKNOWLEDGED = "case_acknowledged"
    ANSWER_SENT = "answer_sent"
    NOTE_WRITTEN = "note_written"
    CONFLICT_DECLARED = "conflict_declared"
    EXCLUSION_CONFIRMED = "exclusion_confirmed"
    EXCLUSION_LIFTED = "exclusion_lifted"
    KEYS_DRAWN_ANEW = "keys_drawn_anew"
    CIRCLE_JOINED = "circle_joined"
    DESK_STARTED = "desk_started"
    MEMBER_LET_IN = "member_let_in"
    PERSON_INVITED = "person_invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    RECOVERY_CODE_USED = "recovery_code_used"
    LOG_READ = "log_read"
    DIRECTORY_CHANGED = "directory_changed"
    BACKUP_MADE = "backup_made"
    BACKUP_RESTORED = "backup_restored"
    QUEUE_REBUILT = "queue_rebuilt"
