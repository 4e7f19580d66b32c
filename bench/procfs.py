"""What the kernel says about processes: CPU time, memory, and how busy the machine is."""

import os

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def _read(path):
    with open(path, "rb") as file:
        return file.read().decode()


def family(pid):
    """A process and all its descendants."""
    pids = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in _read(f"/proc/{pid}/task/{task}/children").split():
                pids += family(int(child))
    except FileNotFoundError:
        pass
    return pids


def cpu_seconds(pid):
    """User and system time of a process and its descendants, all threads, ended ones too."""
    ticks = 0
    for member in family(pid):
        try:
            # The second field is the command in brackets and may hold spaces.
            fields = _read(f"/proc/{member}/stat").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_SECOND


def _status_bytes(pid, key):
    total = 0
    for member in family(pid):
        try:
            lines = _read(f"/proc/{member}/status").splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(key + ":"))
    return total


def resident_bytes(pid):
    return _status_bytes(pid, "VmRSS")


def peak_resident_bytes(pid):
    """The most memory resident at once since the start or the last reset."""
    return _status_bytes(pid, "VmHWM")


def reset_peak(pid):
    for member in family(pid):
        try:
            with open(f"/proc/{member}/clear_refs", "w") as file:
                file.write("5")
        except OSError:
            pass


def machine_busy_seconds():
    """CPU time that all processes of the machine together have used."""
    fields = [int(field) for field in _read("/proc/stat").splitlines()[0].split()[1:]]
    idle = fields[3] + fields[4]
    return (sum(fields[:8]) - idle) / TICKS_PER_SECOND


def client_seconds():
    """CPU time of this process and of its children that have ended: the load generators."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
