using CaptionTL.Service.Api;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Registry;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs;

/// <summary>Folders below the data folder's "folders", each a data set as somebody put it there: version 1 of its name.</summary>
internal sealed class FolderDataSets(IOptions<ServiceOptions> options) : IDataSetCatalog
{
    public string PathOf(string name)
    {
        var (plain, version) = ModelName.Split(name);
        var path = options.Value.In("folders", ModelName.Check(plain));
        return version is null or 1 && Directory.Exists(path) ? path : throw ApiException.NotFound($"There is no data set '{name}'.", "GET /api/v1/datasets lists those there are.");
    }

    public int VersionOf(string name)
    {
        PathOf(name);
        return 1;
    }
}
