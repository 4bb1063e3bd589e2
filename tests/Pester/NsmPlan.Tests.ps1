BeforeAll {
    . $PSScriptRoot/common.ps1
    $talk = "$repository/examples/sensors/talk.zip"
    $plan = New-NsmPlan -Snapshot $talk
}

Describe 'New-NsmPlan' {
    It 'keeps cores 0 to 3 of each node of the talk''s sensor' {
        [string] ($plan.Cpus | Where-Object Role -EQ Worker).Cpus | Should -Be '4-13,18-27'
        ($plan.Rows | Where-Object Target -EQ isolcpus).Value | Should -Be '4-13,18-27,32-41,46-55'
        $plan.Ports.InterfaceName | Should -Be enp7s0f1, enp17s0f0
    }

    It 'has as many queues as workers with <_>' -ForEach QueuePerWorker, SameCore, NeighbourCore {
        foreach ($port in (New-NsmPlan -Strategy $_ -Snapshot $talk).Ports) { $port.IrqCpus.Count | Should -Be $port.WorkerCpus.Count }
    }

    It 'takes a card from the pipeline' {
        (Get-Nic enp7s0f1 -Snapshot $talk | New-NsmPlan -Snapshot $talk).Ports.InterfaceName | Should -Be enp7s0f1
    }

    It 'reports an interface that is not there' {
        New-NsmPlan nosuch0 -Snapshot $talk -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,ZeptAdmin.Cmdlets.NewNsmPlanCommand'
    }

    It 'gives a reason and a source with each row' {
        @($plan.Rows | Where-Object { -not $_.Reason -or -not $_.Source }).Count | Should -Be 0
    }
}

Describe 'Export-NsmPlan and Import-NsmPlan' {
    It 'bring the same plan back' {
        $plan | Export-NsmPlan TestDrive:/plan.json
        Import-NsmPlan TestDrive:/plan.json | Export-NsmPlan TestDrive:/again.json

        Get-Content TestDrive:/again.json -Raw | Should -BeExactly (Get-Content TestDrive:/plan.json -Raw)
    }

    It 'write what the schema in the module''s folder allows' {
        $plan | Export-NsmPlan TestDrive:/checked.json
        $schema = Get-Content "$repository/out/ZeptAdmin/nsm-plan.schema.json" -Raw
        $text = Get-Content TestDrive:/checked.json -Raw

        Test-Json -Json $text -Schema $schema | Should -BeTrue
        Test-Json -Json ($text -replace '"Irq"', '"Irqs"') -Schema $schema -ErrorAction SilentlyContinue | Should -BeFalse
    }

    It 'leave a file alone that is there, but for -Force' {
        Set-Content TestDrive:/mine.txt mine
        $plan | Export-NsmPlan TestDrive:/mine.txt -ErrorVariable problems -ErrorAction SilentlyContinue

        $problems.FullyQualifiedErrorId | Should -Be 'PlanExists,ZeptAdmin.Cmdlets.ExportNsmPlanCommand'
        Get-Content TestDrive:/mine.txt | Should -Be mine
        $plan | Export-NsmPlan TestDrive:/mine.txt -Force
        (Import-NsmPlan TestDrive:/mine.txt).Name | Should -Be capture
    }

    It 'refuse a mistake with its line' {
        $plan | Export-NsmPlan TestDrive:/edited.json
        $text = (Get-Content TestDrive:/edited.json -Raw) -replace '"FanoutId": 102', '"FanoutId": 101'
        Set-Content TestDrive:/edited.json $text
        $line = ($text -split '"FanoutId": 101')[0..1] -join '' -split "`n" | Measure-Object | ForEach-Object Count

        Import-NsmPlan TestDrive:/edited.json -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems.FullyQualifiedErrorId | Should -Be 'PlanRefused,ZeptAdmin.Cmdlets.ImportNsmPlanCommand'
        $problems[0].Exception.Line | Should -BeIn @(1..$line)
        $problems[0].Exception.Message | Should -Match 'fanout id 101'
    }
}

Describe 'Test-NsmPlan' {
    It 'tells drift row by row, also of a plan that is named by its file' {
        $plan | Export-NsmPlan TestDrive:/drift.json
        $drifts = Test-NsmPlan (Convert-Path TestDrive:/drift.json) -Snapshot $talk

        $drifts.Count | Should -Be $plan.Rows.Count
        $queues = $drifts | Where-Object { $_.Kind -eq 'Queues' -and $_.Target -eq 'enp7s0f1' }
        $queues.State, $queues.Expected, $queues.Actual | Should -Be Drifted, '10', '24'
        $queues.Changes | Should -Be "Set the combined channels of 'enp7s0f1' from 24 to 10"
    }

    It 'shows the states that are asked for' {
        ($plan | Test-NsmPlan -Snapshot $talk -State InPlace).State | Sort-Object -Unique | Should -Be InPlace
    }

    It 'holds nothing against a machine without Suricata, whose groups are none of Zeek''s' {
        $rows = $plan | Test-NsmPlan -Snapshot $talk | Where-Object Kind -EQ Suricata

        $rows.State | Sort-Object -Unique | Should -Be NotChecked
        ($rows | Where-Object Target -Like '*/cluster-id').Expected | Should -Be '201', '202'
        $plan.Ports.FanoutId | Should -Be 101, 102
    }

    It 'says that a file is no plan' {
        { Test-NsmPlan "$repository/README.md" -Snapshot $talk } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,ZeptAdmin.Cmdlets.TestNsmPlanCommand'
    }
}

Describe 'Invoke-NsmPlan' {
    It 'rehearses on a snapshot, and says what will follow from the new number of queues' {
        $drifts = $plan | Invoke-NsmPlan -Snapshot $talk -WhatIf -PassThru 3>$null

        ($drifts | Where-Object Kind -EQ Queues).State | Sort-Object -Unique | Should -Be Drifted
    }

    It 'refuses to write to a snapshot, row by row' {
        $null = $plan | Invoke-NsmPlan -Snapshot $talk -Confirm:$false -ErrorVariable problems -ErrorAction SilentlyContinue 3>$null

        $problems.Count | Should -BeGreaterThan 10
        $problems.FullyQualifiedErrorId | Sort-Object -Unique | Should -Be 'SnapshotIsReadOnly,ZeptAdmin.Cmdlets.InvokeNsmPlanCommand'
    }

    It 'starts no clock for a snapshot' {
        $null = $plan | Invoke-NsmPlan -Snapshot $talk -ConfirmWithin 00:05:00 -Confirm:$false -ErrorVariable problems -ErrorAction SilentlyContinue 3>$null

        $problems.FullyQualifiedErrorId | Should -Be 'SnapshotIsReadOnly,ZeptAdmin.Cmdlets.InvokeNsmPlanCommand'
    }
}

Describe 'Confirm-NsmPlan' {
    It 'says that nothing waits' {
        $env:ZEPTADMIN_STATE = (New-Item -ItemType Directory TestDrive:/state).FullName
        try { Confirm-NsmPlan -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty }
        finally { Remove-Item env:ZEPTADMIN_STATE }
        $problems.FullyQualifiedErrorId | Should -Be 'NotPresent,ZeptAdmin.Cmdlets.ConfirmNsmPlanCommand'
    }
}

Describe 'Register-NsmPlan and Unregister-NsmPlan' {
    It 'refuse a snapshot, all files together' {
        $null = $plan | Register-NsmPlan -Snapshot $talk -ErrorVariable problems -ErrorAction SilentlyContinue

        $problems.FullyQualifiedErrorId | Should -Be 'SnapshotIsReadOnly,ZeptAdmin.Cmdlets.RegisterNsmPlanCommand'
    }

    It 'say that a plan is not registered' {
        Unregister-NsmPlan capture -Snapshot $talk -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems.FullyQualifiedErrorId | Should -Be 'NotPresent,ZeptAdmin.Cmdlets.UnregisterNsmPlanCommand'
    }
}

Describe 'Test-NsmPlan -Reference' {
    It 'holds a plan against another, and reads no machine' {
        $drift = $plan | Test-NsmPlan -Reference (New-NsmPlan enp7s0f1 -Workers 4 -Snapshot $talk) -State Drifted

        ($drift | Where-Object { $_.Kind -eq 'Queues' -and $_.Target -eq 'enp7s0f1' }).Actual | Should -Be 4
        $plan | Test-NsmPlan -Reference $plan -State Drifted | Should -BeNullOrEmpty
    }
}

Describe 'Invoke-NsmPlan -Kind' {
    It 'writes no file of Suricata where Suricata is not' {
        $plan | Invoke-NsmPlan -Kind Suricata -Snapshot $talk -WhatIf -WarningVariable warnings | Should -BeNullOrEmpty
        $warnings | Should -BeNullOrEmpty
    }

    It 'makes rows of these kinds alone' {
        $drift = $plan | Invoke-NsmPlan -Kind RxRing, Pause -Snapshot $talk -WhatIf -PassThru

        $drift.Kind | Sort-Object -Unique | Should -Be RxRing, Pause
    }
}
