using System.Management.Automation;

namespace ZeptAdmin.Binding;

/// <summary>Takes an empty cell of a CSV file, or Zeek's sign for a field that is not set, as nothing: PowerShell makes the number 0 of it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BlankTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string text && text.Trim() is "" or "-" ? null : inputData;
}
