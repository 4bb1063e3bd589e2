BeforeAll {
    . $PSScriptRoot/common.ps1
    $snapshot = Get-Snapshot boot-entries
}

Describe 'Get-KernelArgument' {
    It 'tells what is in force from what comes next' {
        $argument = Get-KernelArgument isolcpus -Snapshot $snapshot

        $argument | Should -BeOfType ZeptAdmin.KernelArguments.KernelArgument
        $argument.Running | Should -Be '1-3'
        $argument.Next | Should -Be '1-5'
        $argument.Change | Should -Be Changed
    }

    It 'takes - for _ as the kernel does' {
        (Get-KernelArgument rcu-nocbs -Snapshot $snapshot).Change | Should -Be None
    }
}

Describe 'Test-KernelArgument' {
    It 'finds the slip of the pen of the talk' {
        (Test-KernelArgument -Snapshot $snapshot | Where-Object Argument -like intel_idle*).Problem | Should -BeLike '*intel_idle.max_cstate misspelled*'
    }

    It 'says nothing of a line in which nothing is wrong' {
        'root=/dev/sda1 ro iommu=pt' | Test-KernelArgument -Snapshot $snapshot | Should -BeNullOrEmpty
    }
}

Describe 'Set-KernelArgument' {
    It 'changes nothing under -WhatIf and passes the present state through' {
        (Set-KernelArgument iommu=pt -Snapshot $snapshot -WhatIf -PassThru).Name | Should -Not -Contain iommu
    }

    It 'does not ask about what is so already' {
        { Set-KernelArgument isolcpus=1-5 -Snapshot $snapshot -Confirm -ErrorAction Stop } | Should -Not -Throw
    }

    It 'refuses CPUs that the machine has not' {
        { Set-KernelArgument isolcpus=4-9 -Snapshot $snapshot -Confirm:$false -ErrorAction Stop } |
            Should -Throw -ErrorId 'ValueRejected,ZeptAdmin.Cmdlets.SetKernelArgumentCommand'
    }

    It 'refuses to write to a snapshot' {
        { Set-KernelArgument iommu=pt -Snapshot $snapshot -Confirm:$false -ErrorAction Stop } |
            Should -Throw -ErrorId 'SnapshotIsReadOnly,ZeptAdmin.Cmdlets.SetKernelArgumentCommand'
    }
}
