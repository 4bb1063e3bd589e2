using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Binding;

/// <summary>Completes names of interfaces, of the machine or of the snapshot on the line.</summary>
public sealed class InterfaceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            using Sensor sensor = Sensor.Open(fakeBoundParameters["Snapshot"] as string);
            return [.. Completion.Of(sensor.InterfaceNames, wordToComplete)];
        }
        catch (KernelFormatException)
        {
            return [];
        }
    }
}
