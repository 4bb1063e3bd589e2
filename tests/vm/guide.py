"""Takes the commands out of the guide: what is typed on the sensor goes to guide.ps1, the way back to guide-back.ps1."""
import pathlib
import re
import sys

guide, folder = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"), pathlib.Path(sys.argv[2])
sensor = guide[guide.index("## 2. "):]
there, back = sensor.split("## And back", 1)


def commands(text: str) -> str:
    """The blocks of a part, for this sensor: without the snapshot on which the guide rehearses, and with this sensor's ports."""
    blocks = "".join(re.findall(r"^```(?:powershell)?\n(.*?)^```$", text, re.M | re.S))
    return blocks.replace(" -Snapshot examples/sensors/talk.zip", "").replace("enp7s0f1, enp17s0f0", "igb, e1000e")


# Whoever types them says yes.
start = "$ConfirmPreference = 'None'\n"
(folder / "guide.ps1").write_text(start + commands(there), encoding="utf-8")
(folder / "guide-back.ps1").write_text(start + commands(back), encoding="utf-8")
