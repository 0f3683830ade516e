"""One report as it is sent again and again: its text and its answers, both invented."""

STORY = (
    "The man who hands out the shelter kits told my neighbour that she would be on the list if she "
    "came to his room in the evening. She said no, and her name was not called. Two other women "
    "said that he asked them too. He wears a grey vest and comes with the white cars on Tuesdays. "
    "I write because she is afraid to, and because the next distribution is soon. Please do not "
    "come to our shelter to ask, people here see everything."
)
ANSWERS = {"who": "other_knows", "age": "adult", "sex": "female", "when": "month", "area": "2"}
"""What a reporter who answers some of the questions sends beside the text; area 2 is River."""
