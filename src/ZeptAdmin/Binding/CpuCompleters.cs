using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Binding;

/// <summary>Completes names of prefetchers.</summary>
public sealed class CpuPrefetcherCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CpuPrefetchers.Names.Where(name => name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)).Select(name => new CompletionResult(name));
}

/// <summary>Completes governors and energy preferences to those of the machine.</summary>
public sealed class CpuPolicyCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            using Sensor sensor = Sensor.Open(fakeBoundParameters["Snapshot"] as string);
            return CpuFrequencyPolicies.Get(sensor).Try(out CpuFrequencyPolicy[]? policies)
                ? [.. policies.SelectMany(policy => parameterName == "Governor" ? policy.AvailableGovernors : policy.AvailableEnergyPreferences)
                    .Distinct()
                    .Where(name => name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
                    .Select(name => new CompletionResult(name))]
                : [];
        }
        catch (KernelFormatException)
        {
            return [];
        }
    }
}
