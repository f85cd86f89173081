from pathlib import Path

Path("roman.py").write_text("""
PARTS = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
         (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]


def to_roman(number):
    if not 1 <= number <= 3999:
        raise ValueError(number)
    text = ""
    for value, sign in PARTS:
        text += sign * (number // value)
        number %= value
    return text


def from_roman(text):
    number, rest = 0, text
    for value, sign in PARTS:
        while rest.startswith(sign):
            number, rest = number + value, rest[len(sign):]
    if rest or not number or number > 3999 or to_roman(number) != text:
        raise ValueError(text)
    return number
""")
