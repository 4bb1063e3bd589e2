BeforeAll {
    . $PSScriptRoot/common.ps1
    $repository = Split-Path (Split-Path $PSScriptRoot)
    $talk = Join-Path $repository examples/sensors/talk.zip
    $plan = Join-Path $repository examples/sensors/talk-plan.json
    $file = Join-Path $repository tests/Fixtures/zeek/talk-node.cfg
}

Describe 'New-ZeekNodeConfig' {
    It 'makes <Format> of a plan' -ForEach @(
        @{ Format = 'NodeCfg'; Name = 'node.cfg'; Line = 'pin_cpus=4,5,6,7,8,9,10,11,12,13' }
        @{ Format = 'ZeekConf'; Name = 'zeek.conf'; Line = 'workers_cpu_list = 4,5,6,7,8,9,10,11,12,13' }
    ) {
        $config = Import-NsmPlan $plan | New-ZeekNodeConfig -Format $Format

        $config | Should -BeOfType ZeptAdmin.Zeek.ZeekNodeConfig
        $config.FileName | Should -Be $Name
        "$config" | Should -Be $config.Text
        $config.Text -split "`n" | Should -Contain $Line
    }

    It 'takes <_> as the method' -ForEach 'af_packet', 'custom' {
        (Import-NsmPlan $plan | New-ZeekNodeConfig -LoadBalanceMethod $_).Nodes[-1].LoadBalanceMethod | Should -Be $_
    }

    It 'tells which queue feeds which worker' {
        (Import-NsmPlan $plan | New-ZeekNodeConfig).Workers[0..2].Queue | Should -Be 9, 0, 1
    }

    It 'refuses <_>' -ForEach 'A=50%', "A=1`nB=2", 'A=[x]' {
        { Import-NsmPlan $plan | New-ZeekNodeConfig -EnvironmentVariable $_ -ErrorAction Stop } |
            Should -Throw -ErrorId 'ValueRejected,ZeptAdmin.Cmdlets.NewZeekNodeConfigCommand'
    }

    It 'writes nothing under -WhatIf' {
        Import-NsmPlan $plan | New-ZeekNodeConfig -Path TestDrive:/node.cfg -WhatIf

        'TestDrive:/node.cfg' | Should -Not -Exist
    }
}

Describe 'Import-ZeekNodeConfig' {
    It 'keeps the text' {
        (Import-ZeekNodeConfig $file).Text | Should -Be (Get-Content -Raw $file)
    }

    It 'reports a file that is not there' {
        { Import-ZeekNodeConfig TestDrive:/none.cfg -ErrorAction Stop } | Should -Throw -ErrorId 'NotPresent,ZeptAdmin.Cmdlets.ImportZeekNodeConfigCommand'
    }
}

Describe 'Test-ZeekNodeConfig' {
    It 'finds the faults of the talk''s own file' {
        $found = Import-ZeekNodeConfig $file | Test-ZeekNodeConfig -Snapshot $talk | Where-Object Severity -In Warn, Fail

        $found.Id | Should -Be J6.Queues, J8.PinCount, J8.PinIrq, J13.SystemCpus
        $found.Line | Should -Be 21, 27, 27, 27
    }

    It 'offers the corrected file' {
        $corrected = Test-ZeekNodeConfig $file -Snapshot $talk -Corrected

        $corrected.Workers.Cpu | Should -Be (8..13)
        $corrected.Text | Should -BeLike '# The node.cfg that the talk shows.*'
    }
}
