BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = Get-Snapshot sensor-x710
}

Describe 'Test-NsmSensor' {
    It 'tells the tuned port from the one as loaded' {
        $fails = Test-NsmSensor -Severity Fail -InterfaceName ens1f* -Snapshot $root

        $fails.InterfaceName | Sort-Object -Unique | Should -Be ens1f1
        $fails.Id | Should -Be 'H4.SymmetricHash', 'I8.Pause'
    }

    It 'says how it should be, why, what to do and where that is from' {
        $check = Test-NsmSensor -Id H4.SymmetricHash -InterfaceName ens1f1 -Snapshot $root

        $check | Should -BeOfType ZeptAdmin.Audit.CheckResult
        $check.Remedy | Should -Be 'Set-NicRss ens1f1 -Symmetric'
        $check.Expected, $check.Actual, $check.Why, $check.Reference | Should -Not -BeNullOrEmpty
    }

    It 'takes interfaces from the pipeline, and audits the machine once' {
        $checks = Get-Nic ens1f0, ens1f1 -Snapshot $root | Test-NsmSensor -Id A16.*, I8.* -Snapshot $root

        $checks.Id | Should -Be 'A16.KernelFanout', 'I8.Pause', 'I8.Pause'
    }

    It 'reports an unknown interface and goes on' {
        $checks = Test-NsmSensor -Id I8.* -InterfaceName missing0, ens1f0 -Snapshot $root -ErrorVariable problems -ErrorAction SilentlyContinue

        $checks.InterfaceName | Should -Be ens1f0
        $problems.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,ZeptAdmin.Cmdlets.TestNsmSensorCommand'
    }

    It 'filters by <Name>' -ForEach @(
        @{ Name = 'category'; Filter = @{ Category = 'Rss' }; Match = { $_.Category -eq 'Rss' } }
        @{ Name = 'severity'; Filter = @{ Severity = 'Warn' }; Match = { $_.Severity -eq 'Warn' } }
        @{ Name = 'id'; Filter = @{ Id = 'I*' }; Match = { $_.Id -like 'I*' } }
    ) {
        $checks = Test-NsmSensor @Filter -Snapshot $root

        $checks | Should -Not -BeNullOrEmpty
        $checks | Where-Object { -not (& $Match) } | Should -BeNullOrEmpty
    }

    It 'completes ids' {
        $line = 'Test-NsmSensor -Id H4'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain 'H4.SymmetricHash'
    }

    It 'fits a screen on this machine' {
        $lines = (Test-NsmSensor | Out-String -Stream -Width 110) | Where-Object { $_ }

        $lines.Count | Should -BeGreaterThan 5
        if ((Get-NsmTopology).IsVirtualMachine) { $lines.Count | Should -BeLessThan 40 }
    }
}

Describe 'Test-NsmSensor on Zeek' {
    BeforeAll {
        $folder = Join-Path $TestDrive zeek
        $null = New-Item -ItemType Directory (Join-Path $folder proc), (Join-Path $folder opt/zeek/etc)
        Copy-Item "$(Get-Snapshot zeek)/talk-node.cfg" (Join-Path $folder opt/zeek/etc/node.cfg)
        $checks = Test-NsmSensor -Category Zeek -Snapshot $folder
    }

    It 'has one line for a rule' {
        @($checks.Id | Sort-Object -Unique).Count | Should -Be $checks.Count
    }

    It 'names the fault, its line and the command that tells more' {
        $count = $checks | Where-Object Id -EQ J8.PinCount
        $count.Severity | Should -Be Warn
        $count.Actual | Should -BeLike 'line 27: 7 CPUs for 6 workers*'
        $count.Remedy | Should -BeLike 'Test-ZeekNodeConfig */opt/zeek/etc/node.cfg*'
    }

    It 'says nothing on a machine without Zeek' {
        Test-NsmSensor -Category Zeek, Cloud -Snapshot (Get-Snapshot two-port-i40e) | Should -BeNullOrEmpty
    }
}

Describe 'Test-NsmSensor on Suricata' {
    BeforeAll {
        $folder = Join-Path $TestDrive suricata
        $null = New-Item -ItemType Directory (Join-Path $folder proc), (Join-Path $folder etc/suricata)
        Copy-Item "$(Get-Snapshot suricata)/s1.yaml" (Join-Path $folder etc/suricata/suricata.yaml)
        $checks = Test-NsmSensor -Category Suricata -Snapshot $folder
    }

    It 'has one line for a rule' {
        @($checks.Id | Sort-Object -Unique).Count | Should -Be $checks.Count
    }

    It 'names the fault, its line and the command that tells more' {
        $gone = $checks | Where-Object Id -EQ L1.UseMmap
        $gone.Severity | Should -Be Warn
        $gone.Actual | Should -BeLike "line $((Select-String 'use-mmap' (Join-Path $folder etc/suricata/suricata.yaml)).LineNumber[0]): *"
        $gone.Remedy | Should -BeLike 'Test-SuricataConfig */etc/suricata/suricata.yaml*'
    }

    It 'says nothing on a machine without Suricata' {
        Test-NsmSensor -Category Suricata -Snapshot (Get-Snapshot two-port-i40e) | Should -BeNullOrEmpty
    }
}
