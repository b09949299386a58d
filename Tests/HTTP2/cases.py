"""The list of checks: functions with a section and a name, which say whether the server did right."""

CASES = []


def case(section, name):
    """Puts a function into the list."""

    def add(check):
        CASES.append((section, name, check))
        return check

    return add
