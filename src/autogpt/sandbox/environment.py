"""The environment variables that every program in a sandbox gets: these, and no others."""

BASE_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "USER": "agent",
    "LOGNAME": "agent",
    "SHELL": "/bin/sh",
    "TERM": "dumb",
    "PYTHONUNBUFFERED": "1",  # what a killed program said before stays readable
    "PYTHONDONTWRITEBYTECODE": "1",  # no litter among the deliverables
    "MPLBACKEND": "Agg",
}
