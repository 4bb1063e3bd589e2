BeforeAll {
    . $PSScriptRoot/common.ps1
    $repository = Split-Path (Split-Path $PSScriptRoot)
    $talk = Join-Path $repository examples/sensors/talk.zip
    $logs = '/opt/zeek/logs/current/*.log', '/var/log/suricata/eve.json'
}

Describe 'New-SyslogNgConfig' {
    It 'makes a file for <Kind>' -ForEach @(
        @{ Kind = 'Http'; Receiver = @{ Url = 'https://logs.example.org/zeek' }; Line = '    url("https://logs.example.org/zeek")' }
        @{ Kind = 'TlsSyslog'; Receiver = @{ SyslogHost = 'logs.example.org' }; Line = '    transport("tls")' }
        @{ Kind = 'Kafka'; Receiver = @{ Broker = 'k1.example.org:9092'; Topic = 'zeek' }; Line = '    topic("zeek")' }
    ) {
        $config = New-SyslogNgConfig @Receiver -Source $logs -Snapshot $talk

        $config | Should -BeOfType ZeptAdmin.Logs.Pipeline.SyslogNgConfig
        $config.Kind | Should -Be $Kind
        "$config" | Should -Be $config.Text
        $config.Text -split "`n" | Should -Contain $Line
        $config.Text -split "`n" | Should -Contain '      reliable(yes)'
        $config.Destination | Should -Be d_zeptadmin
    }

    It 'is taken by syslog-ng itself' -Skip:(-not (Test-Path /usr/sbin/syslog-ng)) {
        (New-SyslogNgConfig http://192.0.2.1:8088/ -Source $logs -Fragment).SyntaxCheck | Should -Be Accepted
    }

    It 'refuses <_>' -ForEach 'http://x/"', "http://x/`n@include x", 'http://x/`HOME`', 'http://x/$HOST', 'ftp://x/' {
        { New-SyslogNgConfig $_ -Source $logs -Snapshot $talk -ErrorAction Stop } |
            Should -Throw -ErrorId 'ValueRejected,ZeptAdmin.Cmdlets.NewSyslogNgConfigCommand'
    }

    It 'refuses a machine without logs' {
        { New-SyslogNgConfig http://192.0.2.1/ -Snapshot $talk -ErrorAction Stop } |
            Should -Throw -ErrorId 'ValueRejected,ZeptAdmin.Cmdlets.NewSyslogNgConfigCommand'
    }

    It 'writes nothing under -WhatIf' {
        New-SyslogNgConfig http://192.0.2.1/ -Source $logs -Path TestDrive:/zeek.conf -WhatIf

        'TestDrive:/zeek.conf' | Should -Not -Exist
    }
}

Describe 'Test-LogPipeline' {
    It 'says that nothing can be asked where syslog-ng does not run' {
        { Test-LogPipeline -ControlSocket TestDrive:/none.ctl -PersistFile TestDrive:/none.persist -Duration 0.1 -ErrorAction Stop } |
            Should -Throw -ErrorId 'NotPresent,ZeptAdmin.Cmdlets.TestLogPipelineCommand'
    }

    It 'has nothing of a snapshot' {
        { Test-LogPipeline -Snapshot $talk -ErrorAction Stop } | Should -Throw -ErrorId 'NotInSnapshot,ZeptAdmin.Cmdlets.TestLogPipelineCommand'
    }
}
