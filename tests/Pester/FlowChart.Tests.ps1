BeforeAll {
    . $PSScriptRoot/common.ps1
    $log = Join-Path $TestDrive conn.log
    Set-Content $log '{"id.orig_h":"10.0.0.1","id.orig_p":40000,"id.resp_h":"10.0.0.2","id.resp_p":443,"proto":"tcp","orig_pkts":10,"orig_ip_bytes":1000,"resp_pkts":20,"resp_ip_bytes":30000}'
}

Describe 'Export-NsmFlowChart' {
    BeforeEach {
        $path = Join-Path $TestDrive "$([guid]::NewGuid()).svg"
    }

    It 'draws every setting of the pipeline into one picture' {
        $file = Measure-RssBalance $log -Queue 4, 6 | Export-NsmFlowChart $path -PassThru

        $file | Should -BeOfType System.IO.FileInfo
        $texts = ([xml](Get-Content -Raw $path)).SelectNodes('//*[local-name()="text"]').InnerText
        $texts -match '^queue [0-9]+$' | Should -HaveCount 10
    }

    It 'draws what another session measured the same' {
        $balance = Measure-RssBalance $log -Queue 4
        $balance | Export-NsmFlowChart $path
        $other = "$path.svg"

        [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($balance)) | Export-NsmFlowChart $other

        Get-Content -Raw $other | Should -BeExactly (Get-Content -Raw $path)
    }

    It 'writes nothing under -WhatIf, and replaces nothing without -Force' {
        $balance = Measure-RssBalance $log
        $balance | Export-NsmFlowChart $path -WhatIf
        Test-Path $path | Should -BeFalse
        Set-Content $path kept

        { $balance | Export-NsmFlowChart $path } | Should -Throw -ErrorId 'FileExists,ZeptAdmin.Cmdlets.ExportNsmFlowChartCommand'
        Get-Content $path | Should -Be kept
        $balance | Export-NsmFlowChart $path -Force
        Get-Content -Raw $path | Should -Match '</svg>'
    }

    It 'puts no picture into the place of a device or a pipe' {
        $pipe = Join-Path $TestDrive pipe
        mkfifo $pipe

        { Measure-RssBalance $log | Export-NsmFlowChart $pipe -Force } | Should -Throw -ErrorId 'NotAFile,ZeptAdmin.Cmdlets.ExportNsmFlowChartCommand'
        stat -c %F $pipe | Should -Be fifo
        Remove-Item $pipe
    }
}
