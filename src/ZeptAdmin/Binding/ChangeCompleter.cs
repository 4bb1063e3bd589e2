using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Binding;

/// <summary>Completes numbers of changes and names of runs, the youngest first; the tool tip tells what was changed. Undo-NsmChange is offered what may be in force.</summary>
public sealed class ChangeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            using Sensor sensor = Sensor.Open(fakeBoundParameters["Snapshot"] as string);
            return [.. ChangeHistory.Changes(sensor, KnownSettings.All)
                .Where(change => change.IsInForce || !commandName.StartsWith("Undo", StringComparison.OrdinalIgnoreCase))
                .Reverse()
                .GroupBy(change => parameterName == "Run" ? change.Run : $"{change.Id}")
                .Where(group => group.Key.StartsWith(wordToComplete, StringComparison.Ordinal))
                .Select(group => new CompletionResult(
                    group.Key, group.Key, CompletionResultType.ParameterValue, string.Join("; ", group.Reverse().Select(change => change.Description))))];
        }
        catch (KernelFormatException)
        {
            return [];
        }
        catch (KernelException)
        {
            // The journal is for root alone.
            return [];
        }
    }
}
