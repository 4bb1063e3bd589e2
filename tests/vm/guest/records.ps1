# In the guest, run by zept: writes the records of every command that reads, as CliXml, one file a command. The host revives them as records.
param([string] $Folder)

$commands = 'Get-Nic', 'Get-NicRing', 'Get-NicFeature', 'Get-NicChannel', 'Get-NicCoalesce', 'Get-NicPause', 'Get-NicCounter', 'Get-NicRss',
    'Get-NicFlowRule', 'Get-NicPrivateFlag', 'Get-IrqAffinity', 'Get-IrqBalance', 'Get-NsmTopology', 'Test-PcieLink', 'Get-MemoryModule',
    'Test-MemoryLayout', 'Get-SoftnetStat', 'Test-NsmSensor'
foreach ($command in $commands) {
    if (-not (Get-Command $command -ErrorAction Ignore)) {
        [IO.File]::AppendAllText("$Folder/missing.txt", "$command`n")
        continue
    }

    $problems = $null
    $records = @(& $command -ErrorAction SilentlyContinue -ErrorVariable problems)
    [IO.File]::WriteAllText("$Folder/$command.clixml", [System.Management.Automation.PSSerializer]::Serialize($records, 8))
    foreach ($problem in $problems) {
        [IO.File]::AppendAllText("$Folder/problems.txt", "$command $($problem.FullyQualifiedErrorId) $($problem.TargetObject) $problem`n")
    }
}

if (Get-Command Save-NsmSnapshot -ErrorAction Ignore) {
    $null = Save-NsmSnapshot -Path "$Folder/guest.zip" -Interval 0
}

[IO.File]::WriteAllText("$Folder/done.txt", "$($commands.Length) commands`n")
