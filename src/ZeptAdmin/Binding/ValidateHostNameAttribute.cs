using System.Management.Automation;
using ZeptAdmin.Fleet;

namespace ZeptAdmin.Binding;

/// <summary>Takes names of machines, and nothing that ssh would read as an option.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ValidateHostNameAttribute : ValidateEnumeratedArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        if ((element is PSObject wrapped ? wrapped.BaseObject : element) is not string name || !ModuleInstaller.IsHostName(name))
        {
            throw new ValidationMetadataException($"'{element}' can be no name of a machine.");
        }
    }
}
