BeforeAll {
    . $PSScriptRoot/common.ps1

    # Packages take turns in the numbering, so that no list of CPUs is short.
    $machine = "$TestDrive/turns"
    $cpus = "$machine/sys/devices/system/cpu"
    $masks = ('55555555,' * 8).TrimEnd(','), ('aaaaaaaa,' * 8).TrimEnd(',')
    foreach ($cpu in 0..255) {
        $words = @('00000000') * 8
        $words[7 - [Math]::Floor(($cpu % 128) / 32)] = '{0:x8}' -f ([uint32]1 -shl ($cpu % 32))
        $words[3 - [Math]::Floor(($cpu % 128) / 32)] = '{0:x8}' -f ([uint32]1 -shl ($cpu % 32))
        $folder = New-Item -ItemType Directory "$cpus/cpu$cpu/topology"
        [IO.File]::WriteAllText("$folder/core_cpus", $words -join ',')
        [IO.File]::WriteAllText("$folder/package_cpus", $masks[$cpu % 2])
        [IO.File]::WriteAllText("$folder/physical_package_id", "$($cpu % 2)")
        [IO.File]::WriteAllText("$folder/core_id", "$($cpu % 128)")
    }
    [IO.File]::WriteAllText("$cpus/online", '0-255')
    foreach ($node in 0, 1) {
        $folder = New-Item -ItemType Directory "$machine/sys/devices/system/node/node$node"
        [IO.File]::WriteAllText("$folder/cpumap", $masks[$node])
        [IO.File]::WriteAllText("$folder/distance", ('10 21', '21 10')[$node])
        [IO.File]::WriteAllText("$folder/meminfo", "Node $node MemTotal: 134217728 kB`nNode $node MemFree: 1048576 kB`n")
    }
    [IO.File]::WriteAllText("$machine/sys/devices/system/node/online", '0-1')
}

Describe 'Get-NsmTopology' {
    It 'counts what the kernel tells' {
        $topology = Get-NsmTopology -Snapshot $machine

        $topology | Should -BeOfType ZeptAdmin.Topology.NsmTopology
        $topology.Packages.Count, $topology.Nodes.Count, $topology.Cores.Count, $topology.Threads.Count | Should -Be 2, 2, 128, 256
        $topology.Partitioning, $topology.NodesPerPackage | Should -Be None, 1
        $topology.Nodes[1].MemoryTotalBytes | Should -Be 128GB
        $topology.Nodes[0].Distances | Should -Be 10, 21
    }

    It 'joins threads with cores, packages and nodes by number' {
        $topology = Get-NsmTopology -Snapshot $machine
        $thread = $topology.Threads | Where-Object Cpu -EQ 131

        $thread.Package, $thread.Node | Should -Be 1, 1
        "$(($topology.Cores | Where-Object Core -EQ $thread.Core).Cpus)" | Should -Be '3,131'
    }

    It 'shows <Kind> within 80 columns' -ForEach @(
        @{ Kind = 'a server of 256 CPUs'; Name = 'turns' }
        @{ Kind = 'a small sensor'; Name = 'sensor-x710' }
        @{ Kind = 'this machine'; Name = '' }
    ) {
        $topology = switch ($Name) {
            '' { Get-NsmTopology }
            'turns' { Get-NsmTopology -Snapshot $machine }
            default { Get-NsmTopology -Snapshot (Get-Snapshot $Name) }
        }

        $lines = ($topology | Out-String -Width 500) -replace '\e\[[0-9;]*m' -split "`n"

        ($lines.TrimEnd() | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $lines -match '^Nodes' | Should -Not -BeNullOrEmpty
    }

    It 'tells of a snapshot that is not there' {
        { Get-NsmTopology -Snapshot "$TestDrive/gone" } |
            Should -Throw -ErrorId 'UnreadableData,ZeptAdmin.Cmdlets.GetNsmTopologyCommand'
    }
}
