import json

json.dump(
    {"date": "2025-05-10", "place": "the castle in Hohenfels", "driver": "Yara", "cost_per_person": 13.0},
    open("trip.json", "w"),
)
