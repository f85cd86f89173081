from pathlib import Path

Path("calc.py").write_text("""
import re

TOKEN = re.compile(r"\\s*(?:(\\d+\\.?\\d*|\\.\\d+)|([-+*/^()]))")


def evaluate(text):
    tokens, at, text = [], 0, text.rstrip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise ValueError(text)
        tokens.append(float(found[1]) if found[1] else found[2])
        at = found.end()
    tokens.append(None)
    value = add(tokens)
    if tokens != [None]:
        raise ValueError(text)
    return value


def add(tokens):
    value = multiply(tokens)
    while tokens[0] in ("+", "-"):
        value = value + multiply(tokens) if tokens.pop(0) == "+" else value - multiply(tokens)
    return value


def multiply(tokens):
    value = unary(tokens)
    while tokens[0] in ("*", "/"):
        value = value * unary(tokens) if tokens.pop(0) == "*" else value / unary(tokens)
    return value


def unary(tokens):
    if tokens[0] == "-":
        tokens.pop(0)
        return -unary(tokens)
    base = atom(tokens)
    if tokens[0] == "^":
        tokens.pop(0)
        return base ** unary(tokens)
    return base


def atom(tokens):
    token = tokens.pop(0)
    if isinstance(token, float):
        return token
    if token != "(":
        raise ValueError(token)
    value = add(tokens)
    if tokens.pop(0) != ")":
        raise ValueError("unclosed")
    return value
""")
