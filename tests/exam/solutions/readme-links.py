import csv
import re

text = open("README.md").read()
link = r'(?<!!)\[([^\]]+)\]\(((?:[^()\s]|\([^()]*\))+)(?:\s+"[^"]*")?\)'
with open("links.csv", "w", newline="") as file:
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("text", "url"), *re.findall(link, text)])
