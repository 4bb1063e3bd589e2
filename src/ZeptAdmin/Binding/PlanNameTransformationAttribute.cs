using System.Management.Automation;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Binding;

/// <summary>Takes the name of a plan, or a plan.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PlanNameTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is NsmPlan plan ? plan.Name : inputData;
}
