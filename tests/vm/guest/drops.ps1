# Told which card and where to write: the rows of Get-PacketDrops since a snapshot, after the host has sent its frames.
param([string] $card, [string] $folder)
$ErrorActionPreference = 'Stop'
$null = Save-NsmSnapshot /run/drops-before.zip -Interval 0
[IO.File]::WriteAllText("$folder/before", 'done')
while (-not [IO.File]::Exists("$folder/sent")) { [Threading.Thread]::Sleep(200) }
# The counters of Intel cards are 2 s old at most.
[Threading.Thread]::Sleep(5000)
$rows = Get-PacketDrops $card -Since /run/drops-before.zip
[IO.File]::WriteAllText("$folder/rows.clixml", [System.Management.Automation.PSSerializer]::Serialize($rows, 3))
