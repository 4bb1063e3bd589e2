using ZeptAdmin.Linux;
using ZeptAdmin.Logs.Pipeline;

namespace ZeptAdmin.Tests.Logs;

public sealed class SyslogNgConfigsTests
{
    private static readonly SyslogNgWish Http = new() { Url = "https://logs.example.org/zeek", Sources = ["/opt/zeek/logs/current/*.log", "/var/log/suricata/eve.json"] };

    private static readonly SyslogNgWish Tls = new() { Kind = LogDestinationKind.TlsSyslog, Host = "logs.example.org", Sources = ["/opt/zeek/logs/current/*.log"] };

    private static readonly SyslogNgWish Kafka = new() { Kind = LogDestinationKind.Kafka, Brokers = ["k1.example.org:9092", "192.0.2.2:9092"], Topic = "zeek", IsTls = true, Sources = ["/var/log/suricata/eve.json"] };

    public static TheoryData<string> Breakouts => [.. "\" ' ` \n \r \\ $ { } ; # \0 é \u2028 \t".Split(' ').SelectMany(sign => (string[])[sign, sign + "x"]), "\n@include \"/etc/passwd\"\n", "`HOME`", "$(echo x)", "${HOST}", "\"); }; source s { program(\"id"];

    [Fact]
    public void Every_destination_is_taken_by_syslog_ng_itself()
    {
        Assert.SkipUnless(File.Exists(SyslogNgRun.Program), "syslog-ng is not installed");
        foreach (SyslogNgWish wish in (SyslogNgWish[])[Http, Http with { Url = "http://[2001:db8::1]:8088/services?a=b%20c#d", Headers = ["Authorization: Splunk 0b-1f=", "X-Sensor: a, b; (c)"] }, Tls, Kafka])
        {
            foreach (bool isFragment in (bool[])[false, true])
            {
                Answer<SyslogNgConfig> answer = SyslogNgProgram.Check(SyslogNgConfigs.Make(wish with { IsFragment = isFragment }).Value, wish.Version);

                Assert.True(answer.IsKnown, answer.Refusal?.Reason);
                Assert.Equal(SyntaxCheck.Accepted, answer.Value.SyntaxCheck);
            }
        }
    }

    [Fact]
    public void What_syslog_ng_does_not_take_is_refused_in_its_words()
    {
        Assert.SkipUnless(File.Exists(SyslogNgRun.Program), "syslog-ng is not installed");
        SyslogNgWish wish = Http with { AuthorityFile = "/nowhere/authorities.pem" };

        Refusal? refusal = SyslogNgProgram.Check(SyslogNgConfigs.Make(wish).Value, wish.Version).Refusal;

        Assert.Equal(Errno.EINVAL, refusal?.Errno);
        Assert.Contains("/nowhere/authorities.pem", refusal!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Breakouts))]
    public void A_value_that_could_be_more_than_a_value_is_refused(string text)
    {
        SyslogNgWish[] wishes =
        [
            Http with { Url = $"https://logs.example.org/{text}" },
            Http with { Sources = [$"/opt/zeek/{text}/*.log"] },
            Http with { Sources = [$"/opt/zeek/{text}.log"] },
            Http with { BufferFolder = $"/var/lib/{text}" },
            Http with { AuthorityFile = $"/etc/{text}" },
            Http with { CertificateFile = $"/etc/{text}", KeyFile = "/etc/k" },
            Http with { Name = $"a{text}" },
            Http with { Version = $"3.3{text}" },
            Tls with { Host = $"h{text}" },
            Kafka with { Topic = $"t{text}" },
            Kafka with { Brokers = [$"k{text}:9092"] },
        ];
        // A fragment, a separator and parameters are part of a URL and stand between quotes.
        Assert.All(text.TrimEnd('x') is "#" or ";" ? wishes[1..] : wishes, wish => Assert.Equal(Errno.EINVAL, SyslogNgConfigs.Make(wish).Refusal?.Errno));

        // A header may have all signs of a list and of JSON that end no string.
        Assert.Equal(text.TrimEnd('x') is "{" or "}" or ";" or "#", SyslogNgConfigs.Make(Http with { Headers = [$"X-A: {text}"] }).IsKnown);
    }

    [Fact]
    public void The_rest_of_what_makes_no_sense_is_refused_too()
    {
        SyslogNgWish[] wishes =
        [
            Http with { Sources = [] },
            Http with { Sources = ["eve.json"] },
            Http with { Sources = ["/var/*/eve.json"] },
            Http with { Sources = ["/var/log/"] },
            Http with { Url = "ftp://logs.example.org/" },
            Http with { Url = "logs.example.org" },
            Http with { Headers = ["no colon"] },
            Http with { KeyFile = "/etc/k" },
            Http with { DiskBufferBytes = 1000 },
            Http with { EventsPerSecond = 0 },
            Tls with { Port = 0 },
            Kafka with { Brokers = [] },
            Kafka with { Brokers = ["k1"] },
            Kafka with { Topic = ".." },
        ];
        Assert.All(wishes, wish => Assert.Equal(Errno.EINVAL, SyslogNgConfigs.Make(wish).Refusal?.Errno));
    }

    [Fact]
    public void The_buffer_holds_as_long_as_it_says()
    {
        SyslogNgConfig config = SyslogNgConfigs.Make(Http with { DiskBufferBytes = 8_800_000_000, EventsPerSecond = 10_000, EventBytes = 600 }).Value;

        Assert.Equal(TimeSpan.FromSeconds(1000), config.HoldsFor);
        Assert.Contains("disk-buf-size(8800000000)", config.Text, StringComparison.Ordinal);
        Assert.Contains("log-iw-size(2000000)", config.Text, StringComparison.Ordinal);
        Assert.Equal(config.Text, config.ToString());
    }
}
