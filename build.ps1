#Requires -Version 7.4
<#
.SYNOPSIS
Builds, tests, documents, packs or installs ZeptAdmin.
.DESCRIPTION
Build    out/ZeptAdmin, a loadable module (what dotnet build alone gives, too)
Test     dotnet test, then the Pester suites where Pester is
Docs     docs/en-US/ZeptAdmin.dll-Help.xml from the markdown, where Microsoft.PowerShell.PlatyPS is
Pack     out/ZeptAdmin-VERSION.zip, and out/zept, the self-contained shell to copy to a sensor
Install  copies out/ZeptAdmin to the modules of the current user
.EXAMPLE
./build.ps1 Build, Test
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Docs', 'Pack', 'Install')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # Where Install puts the module: a folder of $env:PSModulePath.
    [string] $ModulePath = ($env:PSModulePath -split [IO.Path]::PathSeparator)[0]
)

$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot
$module = Join-Path $root out ZeptAdmin
$version = (Import-PowerShellDataFile (Join-Path $root ZeptAdmin.psd1)).ModuleVersion

function Invoke-Tool([string] $Name, [string[]] $Argument) {
    & $Name @Argument
    if ($LASTEXITCODE -ne 0) { throw "$Name $Argument ended with $LASTEXITCODE." }
}

function Build { Invoke-Tool dotnet 'build', (Join-Path $root src ZeptAdmin), '-c', $Configuration, '-v', 'quiet' }

function Test {
    Invoke-Tool dotnet 'test', (Join-Path $root ZeptAdmin.sln), '-c', $Configuration
    if (Get-Module Pester -ListAvailable) {
        Invoke-Tool pwsh '-NoProfile', '-File', (Join-Path $root tests Pester run.ps1)
    }
    else { Write-Warning 'Pester is not here; the suites in tests/Pester were not run.' }
}

# PlatyPS 1.0.3 leaves the markdown of an example, fences and all, in its introduction, puts U+0080 on empty lines, and adds an empty
# online link. Get-Help wants the code in dev:code and the rest in dev:remarks.
function Format-Maml([string] $Path) {
    $help = [xml](Get-Content $Path -Raw).Replace('&#x80;', '')
    $maml = $help.DocumentElement.GetAttribute('xmlns:maml')
    foreach ($example in $help.GetElementsByTagName('command:example')) {
        $introduction, $code, $remarks = @($example.SelectNodes("*[local-name() != 'title']"))
        $text = ($introduction.ChildNodes | ForEach-Object InnerText) -join "`n`n"
        $null = $text -match '(?s)^```powershell\n(?<code>.*?)\n```\s*(?<rest>.*)$'
        $introduction.InnerXml = ''
        $code.InnerText = $Matches.code
        $rest = ($Matches.rest -replace '(?m)^```(output)?\n?').Trim([char] 10) -replace '\n{3,}', "`n`n"
        $remarks.AppendChild($help.CreateElement('maml:para', $maml)).InnerText = "$rest`n"
    }
    foreach ($link in @($help.GetElementsByTagName('maml:navigationLink'))) {
        if ($link.linkText -eq 'Online Version') { $null = $link.ParentNode.RemoveChild($link) }
        else { $link.SelectSingleNode("*[local-name() = 'uri']").InnerText = '' }
    }
    $text = [IO.StringWriter]::new()
    $help.Save([Xml.XmlWriter]::Create($text, [Xml.XmlWriterSettings]@{ Indent = $true; NewLineChars = "`n"; OmitXmlDeclaration = $true }))
    "<?xml version=""1.0"" encoding=""utf-8""?>`n$text"
}

function Docs {
    if (-not (Get-Module Microsoft.PowerShell.PlatyPS -ListAvailable)) {
        throw 'Microsoft.PowerShell.PlatyPS is not here: Install-PSResource Microsoft.PowerShell.PlatyPS'
    }
    Import-Module Microsoft.PowerShell.PlatyPS
    $docs = Join-Path $root docs en-US
    $target = Join-Path ([IO.Path]::GetTempPath()) "zeptadmin-docs-$PID"
    try {
        Get-ChildItem $docs -Filter *-*.md |
            ForEach-Object { Import-MarkdownCommandHelp -Path $_.FullName } |
            Export-MamlCommandHelp -OutputFolder $target -Force | Out-Null
        foreach ($file in Get-ChildItem $target -Recurse -Filter *-Help.xml) {
            Format-Maml $file.FullName | Set-Content (Join-Path $docs $file.Name)
        }
    }
    finally { Remove-Item $target -Recurse -Force -ErrorAction Ignore }
}

function Pack {
    Build
    Compress-Archive $module (Join-Path $root out "ZeptAdmin-$version.zip") -Force
    Invoke-Tool dotnet 'publish', (Join-Path $root src ZeptAdmin.Shell), '-c', $Configuration, '-v', 'quiet', '-o', (Join-Path $root out zept)
}

function Install {
    if (-not (Test-Path $module)) { Build }
    $target = Join-Path $ModulePath ZeptAdmin $version
    if ($PSCmdlet.ShouldProcess($target, 'Install ZeptAdmin')) {
        Remove-Item $target -Recurse -Force -ErrorAction Ignore
        New-Item $target -ItemType Directory -Force | Out-Null
        Copy-Item (Join-Path $module '*') $target -Recurse
    }
}

foreach ($name in $Task) { & (Get-Item "function:$name") }
