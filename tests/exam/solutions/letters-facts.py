import json

json.dump({"q1": "Sea Thistle", "q2": 65, "q3": "Penrose", "q4": "14 June"}, open("answers.json", "w"))
