using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Binding;

/// <summary>Completes names of features, of the interfaces on the line or of all.</summary>
public sealed class FeatureCompleter : SettingCompleter
{
    private protected override IEnumerable<string> Names(Sensor sensor, string interfaceName) =>
        NicFeatures.Get(sensor, interfaceName).Try(out NicFeature[]? features) ? features.Select(feature => feature.Feature) : [];
}

/// <summary>Completes names of hash functions.</summary>
public sealed class HashFunctionCompleter : SettingCompleter
{
    private protected override IEnumerable<string> Names(Sensor sensor, string interfaceName) =>
        NicRssReader.Get(sensor, interfaceName).Try(out NicRss? rss) ? rss.KnownFunctions : [];
}

/// <summary>Completes names of private flags, of the interfaces on the line or of all.</summary>
public sealed class PrivateFlagCompleter : SettingCompleter
{
    private protected override IEnumerable<string> Names(Sensor sensor, string interfaceName) =>
        NicPrivateFlags.Get(sensor, interfaceName).Try(out NicPrivateFlag[]? flags) ? flags.Select(flag => flag.Flag) : [];
}

/// <summary>Completes what a card itself names: reads it from the machine or the snapshot on the line.</summary>
public abstract class SettingCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string[] given = LanguagePrimitives.ConvertTo<string[]>(fakeBoundParameters["InterfaceName"] ?? fakeBoundParameters["Name"] ?? "*");
        try
        {
            using Sensor sensor = Sensor.Open(fakeBoundParameters["Snapshot"] as string);
            IEnumerable<string> names = sensor.InterfaceNames
                .Where(name => Array.Exists(given, wanted => wanted == name || WildcardPattern.Get(wanted, WildcardOptions.None).IsMatch(name)))
                .SelectMany(name => Names(sensor, name))
                .Distinct();
            return [.. Completion.Of(names, wordToComplete)];
        }
        catch (KernelFormatException)
        {
            return [];
        }
    }

    private protected abstract IEnumerable<string> Names(Sensor sensor, string interfaceName);
}
