from pathlib import Path

Path("palindrome.py").write_text("""
def is_palindrome(text):
    plain = [char for char in text.casefold() if char.isalnum()]
    return plain == plain[::-1]
""")
