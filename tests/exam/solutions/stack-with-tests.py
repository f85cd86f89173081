from pathlib import Path

Path("stack.py").write_text("""
class Stack:
    def __init__(self):
        self._items = []

    def __len__(self):
        return len(self._items)

    def push(self, item):
        self._items.append(item)

    def pop(self):
        return self._items.pop()

    def peek(self):
        return self._items[-1]
""")
Path("test_stack.py").write_text("""
import unittest

from stack import Stack


class StackTest(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()

    def test_push(self):
        self.stack.push(1)
        self.assertEqual(len(self.stack), 1)

    def test_pop(self):
        self.stack.push(1)
        self.assertEqual(self.stack.pop(), 1)

    def test_peek(self):
        self.stack.push(1)
        self.assertEqual(self.stack.peek(), 1)

    def test_empty(self):
        self.assertRaises(IndexError, self.stack.pop)
""")
