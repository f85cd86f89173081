from pathlib import Path

Path("prime.py").write_text("""
def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n ** 0.5) + 1))
""")
Path("使用说明.md").write_text(
    """# 使用说明

先导入函数：`from prime import is_prime`，然后调用：

```python
print(is_prime(7))
```

如果是质数，函数返回真，否则返回假。
""",
    encoding="utf-8",
)
