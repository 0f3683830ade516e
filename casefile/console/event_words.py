"""What the log's events are called, in the reader's language.

No sentence may say of what an event was about more than that it happened.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from casefile.audit.events import Event


def event_words() -> Mapping[str, str]:
    """Event → a short sentence without its subject. Every event has one."""
    return {
        Event.DEPLOYMENT_FOUNDED: _("Set up this service"),
        Event.REPORT_OPENED: _("Report received"),
        Event.MAILBOX_OPENED: _("Number used to read the answer"),
        Event.REPORTER_WROTE: _("Reporter wrote again"),
        Event.REPORTER_CHOSE: _("Reporter made a choice"),
        Event.SECOND_LOOK: _("Looked as another person"),
        Event.NO_JUNK: _("Said that a report is no junk"),
        Event.CASE_LOOKED: _("Opened the case"),
        Event.CONFLICT_DECLARED: _("Gave the case up"),
        Event.EXCLUSION_CONFIRMED: _("Said that it is the same person"),
        Event.EXCLUSION_LIFTED: _("Said that it is somebody else"),
        Event.KEYS_DRAWN_ANEW: _("Drew the keys of the case anew"),
        Event.CIRCLE_JOINED: _("Let a person into the case"),
        Event.REPORT_LOOKED: _("Read the report"),
        Event.CASE_ACKNOWLEDGED: _("Confirmed the report"),
        Event.ANSWER_SENT: _("Answered the reporter"),
        Event.NOTE_WRITTEN: _("Wrote a note"),
        Event.SEARCHED: _("Searched"),
        Event.CASE_TAKEN: _("Took the case over"),
        Event.CASE_HANDED_OVER: _("Handed the case over"),
        Event.CASE_LET_GO: _("Let the case go"),
        Event.CASE_REFERRED: _("Passed the case on"),
        Event.REFERRAL_STEP: _("Went on with what was passed on"),
        Event.REFERRAL_ENDED: _("Ended what was passed on"),
        Event.CASE_SORTED: _("Sorted the case"),
        Event.CASE_ENDING_DECIDED: _("Decided to end the case, with a second person to come"),
        Event.SECOND_PERSON: _("Answered as the second person"),
        Event.CASE_REOPENED: _("Opened an ended case again"),
        Event.CASE_SPLIT: _("Split the case"),
        Event.RISK_ASSESSED: _("Looked at the risk for who reported"),
        Event.SCREEN_LOCKED: _("Locked the screen"),
        Event.SCREEN_UNLOCKED: _("Unlocked the screen"),
        Event.SESSION_ENDED: _("Ended another session"),
        Event.FILE_ADDED: _("Added a file"),
        Event.FILE_SHOWN: _("Looked at a picture"),
        Event.FILE_DOWNLOADED: _("Took a copy of a file"),
        Event.FILE_LOCKED: _("Locked a file"),
        Event.FILE_UNLOCKED: _("Unlocked a file"),
        Event.DESK_STARTED: _("Started the desk"),
        Event.MEMBER_LET_IN: _("Let a person in"),
        Event.PERSON_INVITED: _("Invited a person"),
        Event.PERSON_CORRECTED: _("Corrected the name or e-mail of a person"),
        Event.INVITATION_ACCEPTED: _("Opened the account"),
        Event.SIGNED_IN: _("Signed in"),
        Event.SIGN_IN_FAILED: _("Sign-in failed"),
        Event.SIGNED_OUT: _("Signed out"),
        Event.RECOVERY_CODE_USED: _("Used a recovery code"),
        Event.LOG_READ: _("Read the log"),
        Event.DIRECTORY_CHANGED: _("Changed the directory"),
        Event.BACKUP_MADE: _("Made a backup"),
        Event.BACKUP_RESTORED: _("Restored a backup"),
        Event.QUEUE_REBUILT: _("Rebuilt the list of work"),
        Event.PERSON_LEFT: _("Ended an account"),
        Event.KEY_LOST: _("Let a person begin again with a new key"),
        Event.DESK_LEFT: _("Took a person off the desk"),
        Event.CASES_SECURED: _("Secured cases after a colleague left"),
        Event.CIRCLE_GIVEN_BACK: _("Gave a case back to a person with a new key"),
        Event.SHARES_DRAWN: _("Drew the custodians’ shares"),
        Event.CUSTODIANS_TRIED: _("Custodians tried their shares"),
        Event.CUSTODIANS_MET: _("Custodian took part in opening cases"),
        Event.CASE_GIVEN: _("Custodians gave the case to a desk"),
        Event.SEAL_KEY_ROTATED: _("Replaced the seal key"),
        Event.PAPER_TAKEN: _("Took a paper of the case"),
        Event.ARCHIVE_TAKEN: _("Took a sealed copy of the case"),
        Event.HOLD_ASKED: _("Asked that the case be kept"),
        Event.HOLD_SET: _("Said as second person that the case is kept"),
        Event.HOLD_LIFTING_ASKED: _("Asked that the case be kept no longer"),
        Event.HOLD_LIFTED: _("Said as second person that it is kept no longer"),
        Event.DELETION_ANNOUNCED: _("Announced that a case will be deleted"),
        Event.CASE_DELETED: _("Deleted a case as the rules say"),
    }
