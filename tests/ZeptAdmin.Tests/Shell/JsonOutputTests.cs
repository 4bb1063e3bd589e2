using Newtonsoft.Json.Linq;

namespace ZeptAdmin.Tests.Shell;

/// <summary><c>zept -OutputFormat Json</c>: one array, whatever happens.</summary>
public sealed class JsonOutputTests
{
    [Fact]
    public void RecordsAreWrittenByTheirProperties()
    {
        ZeptResult run = Zept.Run("-OutputFormat", "Json", "Get-NicRing", "ens1f0,nosuch0", "-Snapshot", Repository.Snapshot("two-port-i40e"));

        Assert.Equal("""[{"InterfaceName":"ens1f0","Rx":512,"RxMaximum":4096,"Tx":512,"TxMaximum":4096}]""", Compact(run));
        Assert.Contains("nosuch0", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$null = 1", "[]")]
    [InlineData("1; throw 'x'", "[1]")]
    [InlineData("$null, $true, 'a', [char]'b', 1.5, [double]::NaN, [ulong]::MaxValue, 1d", """[null,true,"a","b",1.5,null,18446744073709551615,1.0]""")]
    [InlineData("[DayOfWeek]::Friday, [timespan]'00:00:05', [version]'1.2', [datetime]::UnixEpoch", """["Friday","00:00:05","1.2","1970-01-01T00:00:00Z"]""")]
    [InlineData("[pscustomobject]@{ a = @(1); b = @{ c = [DayOfWeek]::Friday }; d = [ZeptAdmin.Linux.CpuList]::Parse('8,0-3') }", """[{"a":[1],"b":{"c":"Friday"},"d":"0-3,8"}]""")]
    [InlineData(", @(1, 2)", "[[1,2]]")]
    [InlineData("$Host.UI.WriteLine('told'); $Host.UI.WriteVerboseLine('told'); 1", "[1]")]
    public void ValuesAreWrittenAsThemselves(string script, string json) => Assert.Equal(json, Compact(Zept.Run("-OutputFormat", "Json", script)));

    [Fact]
    public void AnObjectThatLeadsToItselfEnds() => Assert.Single(JArray.Parse(Zept.Run("-OutputFormat", "Json", "$a = @{}; $a.me = $a; $a").Output));

    private static string Compact(ZeptResult run)
    {
        using Newtonsoft.Json.JsonTextReader reader = new(new StringReader(run.Output)) { DateParseHandling = Newtonsoft.Json.DateParseHandling.None };
        return JArray.Load(reader).ToString(Newtonsoft.Json.Formatting.None);
    }
}
