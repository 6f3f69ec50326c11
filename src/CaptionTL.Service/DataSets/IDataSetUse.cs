namespace CaptionTL.Service.DataSets;

/// <summary>Knows what work goes on with a data set, so that it is not deleted meanwhile. Any number may be registered.</summary>
public interface IDataSetUse
{
    /// <summary>What uses the data set now or is waiting to ("job 17"), or null.</summary>
    /// <param name="name">"flowers", without a version.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<string?> UserOfAsync(string name, CancellationToken cancellation);
}
