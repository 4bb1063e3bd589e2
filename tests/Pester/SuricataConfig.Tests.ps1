BeforeAll {
    . $PSScriptRoot/common.ps1
    $repository = Split-Path (Split-Path $PSScriptRoot)
    $talk = Join-Path $repository examples/sensors/talk.zip
    $plan = Join-Path $repository examples/sensors/talk-plan.json
    $file = Join-Path $repository tests/Fixtures/suricata/s1.yaml
}

Describe 'New-SuricataConfig' {
    It 'makes the file of Suricata <_>' -ForEach 7, 8, 9 {
        $config = Import-NsmPlan $plan | New-SuricataConfig -Version $_ -Snapshot $talk

        $config | Should -BeOfType ZeptAdmin.Suricata.SuricataConfig
        $config.Version | Should -Be $_
        "$config" | Should -Be $config.Text
        $config.Workers.Cpu | Should -Be (4..13 + 18..27)
        ($config | Test-SuricataConfig -Snapshot $talk | Where-Object { $_.Severity -eq 'Fail' -and $_.Id -notin 'L3.QueueCount', 'L4.Irq' }) | Should -BeNullOrEmpty
    }

    It 'takes <_> as the type' -ForEach 'cluster_qm', 'cluster_flow', 'cluster_cpu' {
        (New-SuricataConfig enp7s0f1 -ClusterType $_ -Workers 2 -WorkerCpu 4, 5 -SystemCpu 0 -Snapshot $talk).Interfaces.ClusterType | Should -Be $_
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a CPU for two threads'; Arguments = @{ Workers = 2; WorkerCpu = 4, 4; SystemCpu = 0 } }
        @{ Name = 'too few CPUs'; Arguments = @{ Workers = 3; WorkerCpu = 4, 5; SystemCpu = 0 } }
        @{ Name = 'a worker beside the others'; Arguments = @{ Workers = 1; WorkerCpu = 4; SystemCpu = 4 } }
        @{ Name = 'a path that is none'; Arguments = @{ Workers = 1; WorkerCpu = 4; SystemCpu = 0; XdpFilterFile = "/a`nb: c" } }
    ) {
        { New-SuricataConfig enp7s0f1 @Arguments -Snapshot $talk -ErrorAction Stop } | Should -Throw -ErrorId 'ValueRejected,ZeptAdmin.Cmdlets.NewSuricataConfigCommand'
    }

    It 'writes nothing under -WhatIf' {
        Import-NsmPlan $plan | New-SuricataConfig -Path TestDrive:/zept.yaml -WhatIf

        'TestDrive:/zept.yaml' | Should -Not -Exist
    }
}

Describe 'Import-SuricataConfig' {
    It 'keeps the text' {
        (Import-SuricataConfig $file).Text | Should -Be (Get-Content -Raw $file)
    }

    It 'reports a file that is not there' {
        { Import-SuricataConfig TestDrive:/none.yaml -ErrorAction Stop } | Should -Throw -ErrorId 'NotPresent,ZeptAdmin.Cmdlets.ImportSuricataConfigCommand'
    }
}

Describe 'Test-SuricataConfig' {
    It 'finds what is outdated in the settings of 2016, by line' {
        $found = Test-SuricataConfig $file -Version 7 -Snapshot $talk | Where-Object Severity -In Warn, Fail

        $found.Id | Should -Contain 'L1.UseMmap'
        $found.Id | Should -Contain 'L4.CpuCount'
        ($found | Where-Object Id -EQ L1.UseMmap).Line | Should -Be (Select-String 'use-mmap' $file).LineNumber
    }

    It 'offers the corrected file' {
        $corrected = Test-SuricataConfig $file -Version 7 -Snapshot $talk -Corrected

        $corrected | Should -BeOfType ZeptAdmin.Suricata.SuricataConfig
        $corrected.Text | Should -Not -BeLike '*use-mmap*'
        $corrected.Text | Should -BeLike '*# Settings of a tuning guide of 2016*'
        $corrected.Notes[0] | Should -Be 'Line 10: use-mmap is gone.'
        ($corrected | Test-SuricataConfig -Snapshot $talk).Id | Should -Not -Contain L1.UseMmap
    }

    It 'says that version <Version> reads the layout of 7 with <Severity>' -ForEach @(
        @{ Version = 7; Severity = 'Pass' }
        @{ Version = 8; Severity = 'Warn' }
    ) {
        (Test-SuricataConfig $file -Version $Version -Snapshot $talk | Where-Object Id -EQ L4.Layout).Severity | Should -Be $Severity
    }
}
