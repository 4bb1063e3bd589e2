# Dot-sourced by every suite: the module of this checkout, and the project's own snapshots.
$repository = (Resolve-Path "$PSScriptRoot/../..").Path
Import-Module "$repository/out/ZeptAdmin/ZeptAdmin.psd1" -ErrorAction Stop

function Get-Snapshot([string] $Name) { "$repository/tests/Fixtures/$Name" }
