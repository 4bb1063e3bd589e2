# Runs the examples of docs/en-US that name a snapshot of the project's own, and tells what each shows and what it prints now.
# ZEPTADMIN_ACCEPT=1 pwsh tests/Pester/examples.ps1 writes what they print into the pages; ./build.ps1 Docs carries it into the help.
$repository = (Resolve-Path "$PSScriptRoot/../..").Path
$pattern = '(?ms)^### Example (?<Number>\d+): [^\n]*\n\n```powershell\n(?<Code>.*?)\n```\n(\n```output\n(?<Shown>.*?)\n```\n)?'

$examples = foreach ($page in Get-ChildItem "$repository/docs/en-US" -Filter *-*.md) {
    foreach ($match in [regex]::Matches((Get-Content $page -Raw), $pattern)) {
        if ($match.Groups['Code'].Value -match 'tests/Fixtures/|examples/sensors/') {
            [pscustomobject]@{
                Command = $page.BaseName
                Number = [int] $match.Groups['Number'].Value
                Code = $match.Groups['Code'].Value
                Shown = $match.Groups['Shown'].Value
                Printed = ''
                Match = $match
            }
        }
    }
}

# One process for all: what -WhatIf says goes to the host, past every stream that could be caught.
# What they write goes into a folder of their own, in which the snapshots are where the pages say.
$script = Join-Path ([IO.Path]::GetTempPath()) "zeptadmin-examples-$PID.ps1"
$folder = Join-Path ([IO.Path]::GetTempPath()) "zeptadmin-examples-$PID"
$null = New-Item $folder -ItemType Directory
foreach ($name in 'tests', 'examples', 'docs') { $null = New-Item (Join-Path $folder $name) -ItemType SymbolicLink -Value (Join-Path $repository $name) }
try {
    @(
        '$PSStyle.OutputRendering = "PlainText"'
        "Import-Module '$repository/out/ZeptAdmin/ZeptAdmin.psd1' -ErrorAction Stop"
        "Set-Location '$folder'"
        foreach ($example in $examples) {
            '[Console]::Write([char] 30)'
            # Made of text, so that an error is shown as at a prompt, without a script's lines.
            "& ([scriptblock]::Create(@'`n$($example.Code)`n'@)) 2>&1 3>&1 | Out-String -Width 110 | Write-Host -NoNewline"
        }
    ) | Set-Content $script
    $printed = ((pwsh -NoProfile -File $script) -join "`n") -split [char] 30
}
finally {
    Remove-Item $script -ErrorAction Ignore
    # The links themselves, not what they lead to.
    Get-ChildItem $folder | Where-Object LinkType | ForEach-Object { [IO.File]::Delete($_.FullName) }
    Remove-Item $folder -Recurse -ErrorAction Ignore
}

for ($i = 0; $i -lt $examples.Count; $i++) {
    $examples[$i].Printed = (($printed[$i + 1] -split '\n').TrimEnd() -join "`n").Trim([char] 10).Replace($repository, '.').Replace($folder, '.')
}

if ($env:ZEPTADMIN_ACCEPT -eq 1) {
    foreach ($page in $examples | Group-Object Command) {
        $path = "$repository/docs/en-US/$($page.Name).md"
        $text = Get-Content $path -Raw
        foreach ($example in $page.Group | Sort-Object Number -Descending) {
            $head = $example.Match.Value.Substring(0, $example.Match.Value.IndexOf("`n``````powershell"))
            $new = "$head`n``````powershell`n$($example.Code)`n```````n"
            if ($example.Printed) { $new += "`n``````output`n$($example.Printed)`n```````n" }
            $text = $text.Remove($example.Match.Index, $example.Match.Length).Insert($example.Match.Index, $new)
        }
        Set-Content $path $text -NoNewline
    }
}

$examples | Select-Object Command, Number, Code, Shown, Printed
