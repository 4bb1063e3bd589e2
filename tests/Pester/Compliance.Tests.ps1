BeforeAll {
    . $PSScriptRoot/common.ps1

    # In a session of its own: Pester in Pester shares its state.
    function Invoke-Suite([string] $exceptions, [string] $today = '2026-01-01') {
        $script = {
            param($repository, $exceptions, $today, $xml)
            $data = @{ Snapshot = "$repository/examples/sensors/virtual.zip"; InterfaceName = 'igb'; Module = "$repository/out/ZeptAdmin"; Today = $today }
            if ($exceptions) { $data.Exception = $exceptions }
            $container = New-PesterContainer -Path "$repository/examples/compliance/Sensor.Tests.ps1" -Data $data
            $run = Invoke-Pester -Configuration @{ Run = @{ Container = $container; PassThru = $true }; Output = @{ Verbosity = 'None' }; TestResult = @{ Enabled = $true; OutputFormat = 'NUnitXml'; OutputPath = $xml } }
            $run.Tests | ForEach-Object { [pscustomobject]@{ Path = $_.ExpandedPath; Result = "$($_.Result)" } }
        }
        $job = Start-Job $script -ArgumentList $repository, $exceptions, $today, "$TestDrive/result.xml"
        $job | Receive-Job -Wait -AutoRemoveJob
    }
}

Describe 'examples/compliance/Sensor.Tests.ps1' {
    It 'is one test a check, by category and severity, and writes NUnit XML' {
        $tests = Invoke-Suite ''
        $audit = Test-NsmSensor -Snapshot "$repository/examples/sensors/virtual.zip" -InterfaceName igb

        $tests | Should -HaveCount $audit.Count
        ($tests | Where-Object Result -eq Passed) | Should -HaveCount @($audit | Where-Object Severity -eq Pass).Count
        ($tests | Where-Object Result -eq Failed) | Should -HaveCount @($audit | Where-Object Severity -in Warn, Fail).Count
        ($tests | Where-Object Result -eq Inconclusive) | Should -HaveCount @($audit | Where-Object Severity -eq Unknown).Count
        $tests.Path | Should -Contain 'Rss.Fail.H4.SymmetricHash of igb'
        ([xml](Get-Content -Raw $TestDrive/result.xml)).SelectNodes('//test-case').Count | Should -Be $audit.Count
    }

    It 'lets a site live with what it has decided on, until the day that it said' {
        Set-Content $TestDrive/exceptions.json @'
[{"Id":"H4.*","Target":"igb","Until":"2026-06-30","Reason":"a new card is on its way"},
 {"Id":"F11.*","Until":"2026-06-29","Reason":"it was to be set by then"},
 {"Id":"X9.*","Until":"2030-01-01","Reason":"nothing"}]
'@

        $tests = Invoke-Suite $TestDrive/exceptions.json '2026-06-30'
        ($tests | Where-Object Path -eq 'Rss.Fail.H4.SymmetricHash of igb').Result | Should -Be Skipped
        ($tests | Where-Object Path -eq 'Interrupt.Warn.F11.NetBudget of machine').Result | Should -Be Failed
        ($tests | Where-Object Path -like 'Exceptions*').Result | Should -Be Inconclusive
    }
}
