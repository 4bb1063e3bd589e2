BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = Get-Snapshot sensor-x710
}

Describe 'Add-NicFlowRule' {
    It 'knows what i40e refuses beside the rules that are there' {
        { Add-NicFlowRule ens1f0 Udp4 -SourcePort 514 -Drop -Snapshot $root -ErrorAction Stop -WarningAction SilentlyContinue } |
            Should -Throw -ErrorId 'NotSupportedByDriver,ZeptAdmin.Cmdlets.AddNicFlowRuleCommand'
    }

    It 'warns that nobody sees what the card drops' {
        Add-NicFlowRule ens1f0 Udp4 -DestinationPort 53 -Drop -Snapshot $root -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue

        $warnings | Should -Match 'no sensor sees it'
    }

    It 'does not add a rule twice' {
        (Add-NicFlowRule ens1f0 Udp4 -DestinationPort 514 -Drop -Snapshot $root -PassThru -ErrorAction Stop).Location | Should -Be 7679
    }
}

Describe 'Remove-NicFlowRule' {
    It 'takes rules from the pipeline' {
        $null = Get-NicFlowRule ens1f0 -Snapshot $root | Remove-NicFlowRule -Snapshot $root -ErrorVariable problems -ErrorAction SilentlyContinue

        $problems.FullyQualifiedErrorId | Should -Be (@('SnapshotIsReadOnly,ZeptAdmin.Cmdlets.RemoveNicFlowRuleCommand') * 2)
    }

    It 'says when there is no such rule' {
        { Remove-NicFlowRule ens1f0 -Location 1 -Snapshot $root -ErrorAction Stop } |
            Should -Throw -ErrorId 'NotPresent,ZeptAdmin.Cmdlets.RemoveNicFlowRuleCommand'
    }
}
