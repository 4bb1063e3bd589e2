BeforeAll {
    . $PSScriptRoot/common.ps1
    $logs = Get-Snapshot logs
}

Describe 'Get-ZeekCaptureLoss' {
    It 'tells the talk''s day, and that nothing of it was lost here' {
        $rows = Get-ZeekCaptureLoss $logs/capture_loss.log

        $rows | ForEach-Object { '{0:n2}' -f $_.PercentLost } | Should -Be 26.32, 35.03, 30.47, 22.50
        $rows.LostHerePercent | Should -Be 0, 0, 0, 0
        $rows | ForEach-Object { $_.NeverArrivedPercent -eq $_.PercentLost } | Should -Not -Contain $false
    }

    It 'sums up by <By>' -ForEach @(
        @{ By = 'Peer'; Count = 2 }
        @{ By = 'Peer, Time'; Count = 4 }
        @{ By = 'All'; Count = 1 }
    ) {
        $sums = Get-ZeekCaptureLoss $logs/zeek-json/capture_loss.log -By $By -Every 00:30:00

        $sums | Should -HaveCount $Count
        ($sums | Measure-Object Acks -Sum).Sum | Should -Be 2002000
    }

    It 'reads a rotated pair by a name with times in it' {
        Copy-Item $logs/capture_loss.log $TestDrive/capture_loss.14:00:00-15:00:00.log
        Copy-Item $logs/stats.log $TestDrive/stats.14:00:00-15:00:00.log
        Push-Location $TestDrive
        try { (Get-ZeekCaptureLoss capture_loss.14:00:00-15:00:00.log -Tail 1).LostHerePercent | Should -Be 0 }
        finally { Pop-Location }
    }

    It 'finds the stats.log that is named' {
        Copy-Item $logs/capture_loss.log $TestDrive

        (Get-ZeekCaptureLoss $TestDrive/capture_loss.log -Tail 1).LostHerePercent | Should -BeNullOrEmpty
        (Get-ZeekCaptureLoss $TestDrive/capture_loss.log -StatisticPath $logs/stats.log -Tail 1).LostHerePercent | Should -Be 0
    }
}

Describe 'Get-ZeekStatistic' {
    It 'takes files from the pipeline, in the order of time' {
        $lines = Get-Content $logs/zeek-json/stats.log
        Set-Content $TestDrive/stats.log.1 $lines[13..25]
        Set-Content $TestDrive/stats.log.2 $lines[0..12]

        $rows = Get-ChildItem $TestDrive -Filter stats.log.* | Get-ZeekStatistic

        $rows | Should -HaveCount 26
        $rows.Time | Should -Be ($rows.Time | Sort-Object)
        ($rows | Where-Object Peer -eq worker-1-1 | Measure-Object PacketsDropped -Sum).Sum | Should -Be 310641
    }

    It 'keeps to workers and times, in local time' {
        $after = [datetime]::Parse('2025-11-24T16:30:00Z')
        $rows = Get-ZeekStatistic $logs/zeek-json/stats.log -Peer *-2 -After $after -Before $after.AddMinutes(10)

        $rows | Should -HaveCount 2
        $rows.Peer | Should -Be worker-1-2, worker-1-2
        $rows[0].Interval | Should -Be '00:05:00'
    }

    It 'leaves a bad line out, with a warning that names its place' {
        Set-Content $TestDrive/bad.log '{"ts":1.0,"peer":"a","pkts_proc":1}', '{"ts":2.0,"peer', '{"ts":3.0,"peer":"a","pkts_proc":3}'

        (Get-ZeekStatistic $TestDrive/bad.log -WarningVariable warnings -WarningAction SilentlyContinue).PacketsProcessed | Should -Be 1, 3
        $warnings | Should -HaveCount 1
        $warnings | Should -Match 'at byte 36 '
    }

    It 'reports <Id> and goes on' -ForEach @(
        @{ Id = 'NotPresent'; Bad = 'missing.log' }
        @{ Id = 'UnreadableData'; Bad = 'conn.log' }
    ) {
        Set-Content $TestDrive/conn.log "#separator \x09", "#path`tconn", "#fields`tts`tuid"
        $rows = Get-ZeekStatistic $TestDrive/$Bad, $logs/stats.log -ErrorVariable problems -ErrorAction SilentlyContinue

        $rows | Should -HaveCount 8
        $problems.FullyQualifiedErrorId | Should -Be "$Id,ZeptAdmin.Cmdlets.GetZeekStatisticCommand"
    }

    It 'follows a log across its rotation' {
        $log = "$TestDrive/follow.log"
        Set-Content $log '{"ts":1.0,"peer":"a","pkts_proc":1}'
        $step = 0
        $rows = Get-ZeekStatistic $log -Wait | ForEach-Object {
            $step++
            if ($step -eq 1) {
                Move-Item $log "$log.1"
                Set-Content $log '{"ts":2.0,"peer":"a","pkts_proc":2}'
            }

            $_.PacketsProcessed
        } | Select-Object -First 2

        $rows | Should -Be 1, 2
    }
}

Describe 'Get-SuricataStatistic' {
    It 'tells changes by thread, and a new start' {
        $rows = Get-SuricataStatistic $logs/eve.json -Thread W#01*

        $rows.InterfaceName | Select-Object -Unique | Should -Be ens1f0
        $rows.KernelDropsDelta | Should -Be $null, 700, 8000, 0
        $rows.IsRestarted | Should -Be $false, $false, $false, $true
    }

    It 'reads the same from stats.log' {
        $json = Get-SuricataStatistic $logs/eve.json | Select-Object -First 9
        $text = Get-SuricataStatistic $logs/suricata-stats.log

        $text.KernelDrops | Should -Be $json.KernelDrops
        $text.WrongThreadPackets | Should -Be $json.WrongThreadPackets
    }

    It 'gives counters by their dotted names' {
        $counters = Get-SuricataStatistic $logs/eve.json -Counter detect.engines.* -Thread Total -Tail 3

        $counters.Name | Should -Be detect.engines.0.id, detect.engines.0.rules_loaded, detect.engines.0.rules_failed
        $counters.Value | Should -Be 0, 41234, 2
    }

    It 'fits a table' {
        $table = Get-SuricataStatistic $logs/eve.json -By Thread | Out-String -Width 110

        $table | Should -Match 'W#01-ens1f0\s+241000\s+8700\s+3.61 %\s+10.00 %'
    }
}
