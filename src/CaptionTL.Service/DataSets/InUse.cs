using CaptionTL.Service.Api;

namespace CaptionTL.Service.DataSets;

/// <summary>Pictures that work goes on with are not taken away.</summary>
internal static class InUse
{
    /// <exception cref="ApiException">Something uses the data set.</exception>
    public static async Task RefuseAsync(string name, IEnumerable<IDataSetUse> uses, CancellationToken cancellation)
    {
        foreach (var use in uses)
            if (await use.UserOfAsync(name, cancellation) is { } user)
                throw new ApiException(409, "data_set_in_use", $"The data set '{name}' is in use by {user}.", "Wait until it has come to its end, or cancel it.");
    }
}
