BeforeAll {
    . $PSScriptRoot/common.ps1
    $virtual = "$repository/examples/sensors/virtual.zip"
    $talk = "$repository/examples/sensors/talk.zip"
}

Describe 'Export-NsmTopology' {
    It 'draws the machine into a file that is whole XML' {
        $file = Export-NsmTopology TestDrive:/machine.svg -Snapshot $virtual -PassThru

        $file | Should -BeOfType System.IO.FileInfo
        $svg = [xml](Get-Content -Raw $file)
        $svg.svg.title.InnerText | Should -Be 'Topology of virtual.zip'
        @($svg.svg.text.'#text' -match '^[0-3]$').Count | Should -Be 4
    }

    It 'marks what a plan makes of the CPUs' {
        New-NsmPlan -Snapshot $talk | Export-NsmTopology TestDrive:/plan.svg -Snapshot $talk

        $texts = ([xml](Get-Content -Raw TestDrive:/plan.svg)).svg.text.'#text'
        $texts | Should -Contain 'Wa9'
        $texts | Should -Contain 'Wb9'
        @($texts -eq 'H').Count | Should -Be 4
    }

    It 'keeps a file that is there, unless -Force is given, and writes none under -WhatIf' {
        Set-Content TestDrive:/mine.svg mine
        { Export-NsmTopology TestDrive:/mine.svg -Snapshot $virtual } | Should -Throw -ErrorId 'FileExists,ZeptAdmin.Cmdlets.ExportNsmTopologyCommand'
        Get-Content TestDrive:/mine.svg | Should -Be mine
        Export-NsmTopology TestDrive:/mine.svg -Snapshot $virtual -Force
        Get-Content -Raw TestDrive:/mine.svg | Should -BeLike '<svg*'
        Export-NsmTopology TestDrive:/none.svg -Snapshot $virtual -WhatIf
        'TestDrive:/none.svg' | Should -Not -Exist
    }

    It 'says where it cannot write' {
        { Export-NsmTopology TestDrive:/nowhere/a.svg -Snapshot $virtual } | Should -Throw -ErrorId 'NotPresent,ZeptAdmin.Cmdlets.ExportNsmTopologyCommand'
    }
}

Describe 'Export-NsmReport' {
    It 'reads a machine and holds it against a plan' {
        $plan = New-NsmPlan -Snapshot $talk
        Export-NsmReport TestDrive:/talk.html -Snapshot $talk -Plan $plan

        $page = Get-Content -Raw TestDrive:/talk.html
        $page | Should -BeLike '*of the plan are not in place*'
        $page | Should -BeLike '*As the plan capture has it*'
        $page | Should -BeLike '*Where packets of enp7s0f1 die*'
    }

    It 'takes what a session left of records, by sensor, and errors as sensors that are down' {
        $records = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(@(Test-NsmSensor -Snapshot $virtual), 3))
        $records | ForEach-Object { $_ | Add-Member PSComputerName s1 }
        $down = [System.Management.Automation.ErrorRecord]::new([System.Management.Automation.Remoting.PSRemotingTransportException]::new('refused'), 'Down', 'OpenError', 's2')

        & { $records; $down } | Export-NsmReport TestDrive:/fleet.html

        $page = Get-Content -Raw TestDrive:/fleet.html
        $page | Should -BeLike '*<title>2 sensors</title>*'
        $page | Should -BeLike '*>s2<*It gave no result.*refused*'
        [regex]::Matches($page, '<li class="check').Count | Should -Be $records.Count
    }

    It 'leaves out what is no record, with a warning, and tells it at the sensor that sent it' {
        $garbage = [pscustomobject]@{ Severity = 'Fail'; PSComputerName = 's3' }
        $false_ = [pscustomobject]@{ PSTypeName = 'Deserialized.ZeptAdmin.Audit.CheckResult'; Severity = 'nonsense'; PSComputerName = 's4' }

        & { $garbage; $false_; 'text' } | Export-NsmReport TestDrive:/odd.html -WarningVariable said -WarningAction SilentlyContinue

        $said | Should -HaveCount 1
        $page = Get-Content -Raw TestDrive:/odd.html
        $page | Should -BeLike '*s3*It gave something that is no record of this module*s4*It gave something*'
        $page | Should -Not -BeLike '*nonsense*'
    }

    It 'names the records of this session' {
        Test-NsmSensor H4* -Snapshot $virtual | Export-NsmReport TestDrive:/named.html -SensorName 'nsm1 <b>'

        Get-Content -Raw TestDrive:/named.html | Should -BeLike '*<title>Sensor nsm1 &lt;b&gt;</title>*'
    }
}
