BeforeAll {
    . $PSScriptRoot/common.ps1

    # An X710 of x8 in a slot with four lanes wired, and the X722 of a chipset, whose own link is a fiction.
    $machine = "$TestDrive/sensor"
    function New-PciDevice([string] $Path, [string] $Id, [string] $Speed, [int] $Width, [int] $MaxWidth, [string] $MaxSpeed = '8.0 GT/s PCIe') {
        $folder = New-Item -ItemType Directory -Force "$machine/sys/devices/$Path"
        $files = @{
            vendor = "0x$($Id.Split(':')[0])"; device = "0x$($Id.Split(':')[1])"
            current_link_speed = $Speed; current_link_width = $Width; max_link_speed = $MaxSpeed; max_link_width = $MaxWidth
        }
        foreach ($file in $files.GetEnumerator()) { [IO.File]::WriteAllText("$folder/$($file.Key)", "$($file.Value)`n") }
    }
    function New-NetDevice([string] $Path, [string] $Name, [int] $Mbps) {
        $folder = New-Item -ItemType Directory -Force "$machine/sys/devices/$Path/net/$Name"
        [IO.File]::WriteAllText("$folder/speed", "$Mbps`n")
        [IO.File]::WriteAllText("$folder/ifindex", "2`n")
        $null = New-Item -ItemType Directory -Force "$machine/sys/class/net"
        $null = [IO.File]::CreateSymbolicLink("$folder/device", '../..')
        $null = [IO.File]::CreateSymbolicLink("$machine/sys/class/net/$Name", "../../devices/$Path/net/$Name")
    }

    $slot = 'pci0000:16/0000:16:02.0'
    New-PciDevice $slot '8086:2030' '8.0 GT/s PCIe' 4 4
    foreach ($function in 0..3) {
        New-PciDevice "$slot/0000:17:00.$function" '8086:1572' '8.0 GT/s PCIe' 4 8
        New-NetDevice "$slot/0000:17:00.$function" "ens1f$function" 10000
    }
    $chipset = 'pci0000:00/0000:00:1c.0/0000:01:00.0/0000:02:03.0'
    New-PciDevice 'pci0000:00/0000:00:1c.0' '8086:a190' '8.0 GT/s PCIe' 8 8
    New-PciDevice 'pci0000:00/0000:00:1c.0/0000:01:00.0' '8086:37c0' '8.0 GT/s PCIe' 8 8
    New-PciDevice $chipset '8086:37c5' '2.5 GT/s PCIe' 1 1 '2.5 GT/s PCIe'
    New-PciDevice "$chipset/0000:03:00.0" '8086:37d2' '2.5 GT/s PCIe' 1 1 '2.5 GT/s PCIe'
    New-NetDevice "$chipset/0000:03:00.0" eno1 10000
}

Describe 'Test-PcieLink' {
    It 'warns that four ports do not fit, and names the slot' {
        $link = Test-PcieLink ens1f0 -Snapshot $machine

        $link | Should -BeOfType ZeptAdmin.Pcie.PcieLink
        $link.Severity, $link.NeededGbps, $link.BottleneckAddress | Should -Be Warn, 40, '0000:16:02.0'
        [Math]::Round($link.DataGbps, 1) | Should -Be 31.5
        $link.SharedBy | Should -Be ens1f0, ens1f1, ens1f2, ens1f3
        $link.Remedy | Should -Not -BeNullOrEmpty
    }

    It 'does not believe the link inside a chipset' {
        $link = Test-PcieLink eno1 -Snapshot $machine

        $link.Severity | Should -Be Pass
        $link.Hops.IsFictitious | Should -Be $true, $true, $false, $false
    }

    It 'takes names, wildcards and objects from the pipeline' {
        (Test-PcieLink ens* -Snapshot $machine).Count | Should -Be 4
        ([pscustomobject]@{ InterfaceName = 'eno1' } | Test-PcieLink -Snapshot $machine).PciAddress | Should -Be '0000:03:00.0'
        ((Get-NsmTopology -Snapshot $machine).Nics | Test-PcieLink -Snapshot $machine).Count | Should -Be 5
    }

    It 'reports an unknown interface and goes on' {
        $links = Test-PcieLink missing0, eno1 -Snapshot $machine -ErrorVariable problems -ErrorAction SilentlyContinue

        $links.InterfaceName | Should -Be eno1
        $problems.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,ZeptAdmin.Cmdlets.TestPcieLinkCommand'
    }
}
