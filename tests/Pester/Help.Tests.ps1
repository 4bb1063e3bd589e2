BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    $commands = (Get-Command -Module ZeptAdmin).Name
    $examples = & $PSScriptRoot/examples.ps1
    $topics = (Get-ChildItem "$PSScriptRoot/../../docs/en-US" -Filter about_*.md).BaseName
}

BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Get-Help' {
    It 'has synopsis, description, parameters and examples of <_>' -ForEach $commands {
        $help = Get-Help $_ -Full

        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match "^\s*$_ "
        $help.Description.Text | Should -Not -BeNullOrEmpty
        $help.examples.example.Count | Should -BeGreaterOrEqual 2
        $help.examples.example.code | Should -Not -BeNullOrEmpty
        $help.parameters.parameter.description.Text | Should -Not -Contain ''
    }

    It 'finds the topic <_>' -ForEach $topics {
        $text = Get-Help $_ | Out-String

        $text | Should -Match ($_ -replace '_', '_')
        $text.Length | Should -BeGreaterThan 1000
    }
}

Describe 'Example <Number> of <Command>' -ForEach $examples {
    It 'prints what its page shows' {
        $Printed | Should -BeExactly $Shown -Because 'ZEPTADMIN_ACCEPT=1 pwsh tests/Pester/examples.ps1 and ./build.ps1 Docs bring the pages up to date'
    }
}
