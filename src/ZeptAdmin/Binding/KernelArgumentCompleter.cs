using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ZeptAdmin.KernelArguments;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Binding;

/// <summary>Completes names of kernel arguments: those that the machine has, and those that matter to a sensor; of -Remove the first only.</summary>
public sealed class KernelArgumentCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            using Sensor sensor = Sensor.Open(fakeBoundParameters["Snapshot"] as string);
            string[] names = parameterName == "Remove" && BootArguments.Get(sensor).Try(out KernelArgument[]? present)
                ? [.. present.Select(argument => argument.Name)]
                : BootArguments.Names(sensor);
            return [.. Completion.Of(names, wordToComplete)];
        }
        catch (KernelFormatException)
        {
            return [];
        }
    }
}
