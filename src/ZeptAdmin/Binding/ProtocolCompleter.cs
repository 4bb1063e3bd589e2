using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ZeptAdmin.Flows;

namespace ZeptAdmin.Binding;

/// <summary>Completes names of transport protocols.</summary>
public sealed class ProtocolCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        WildcardPattern pattern = WildcardPattern.Get(wordToComplete + "*", WildcardOptions.IgnoreCase);
        return FlowTuple.ProtocolNames.Where(pattern.IsMatch).Select(name => new CompletionResult(name));
    }
}
