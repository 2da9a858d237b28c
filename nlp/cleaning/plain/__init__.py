"""The steps from a text as written to the text that is counted; positions are kept through all.

normalised     a changed text and the original position of each character
markup         tags away, character references as their characters
characters     one way to write each character; codes and addresses blanked
mail           quoted mail and signatures away
line_ends      words cut at a line's end
"""
