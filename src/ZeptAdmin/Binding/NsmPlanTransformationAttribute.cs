using System.Management.Automation;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Binding;

/// <summary>Takes a plan as it is, or the path of its file.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NsmPlanTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not string path)
        {
            return inputData;
        }

        try
        {
            return PlanFiles.Read(engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path));
        }
        catch (KernelException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
        catch (KernelFormatException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
    }
}
