namespace CaptionTL.Service.DataSets;

/// <summary>Uploaded data sets by name, for whoever reads them.</summary>
public interface IDataSetCatalog
{
    /// <summary>What the library's data set readers and the command line's --data take: the version's file, beside its pictures. A version's file never changes.</summary>
    /// <param name="name">"flowers" (as it is now) or "flowers@3".</param>
    /// <exception cref="Api.ApiException">There is no such data set or version.</exception>
    string PathOf(string name);

    /// <summary>The version that the data set has now; to be recorded with what is made of it ("flowers@3").</summary>
    /// <exception cref="Api.ApiException">There is no such data set.</exception>
    int VersionOf(string name);
}
