using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CaptionTL.Service.DataSets;

/// <summary>Pictures that people bring.</summary>
internal static class DataSetRegistration
{
    public static void AddDataSets(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DataSetOptions>().BindConfiguration(DataSetOptions.Section)
            .Validate(o => o.MaxUploadBytes > 0 && o.MaxFiles > 0 && o.MaxUnpackedBytes > 0 && o.MaxRatio > 0 && o.MaxTextBytes > 0 && o.UploadsKept > TimeSpan.Zero && o.ThumbnailSide is >= 16 and <= 2048,
                $"{DataSetOptions.Section}: limits are above 0, and thumbnails have 16 to 2048 pixels.")
            .ValidateOnStart();
        builder.Services.AddSingleton<DataSetStore>();
        builder.Services.AddSingleton<IDataSetCatalog>(services => services.GetRequiredService<DataSetStore>());
        builder.Services.AddSingleton<DataSetUploads>();
        builder.Services.AddSingleton<DataSetChecks>();
        builder.Services.AddSingleton<Thumbnails>();
        builder.Services.AddSingleton<UploadParts>();
        builder.Services.AddSingleton<NearDuplicateRunner>();
        builder.Services.AddHostedService<DataSetCleanup>();
    }

    public static void MapDataSets(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/datasets").WithTags("Data sets").RequireScope(ApiScope.Train);
        DataSetEndpoints.Map(group);
        UploadEndpoints.Map(group);
        PictureEndpoints.Map(group);
        // Who may ask for captions may say what a right one is.
        app.MapPost("/api/v1/datasets/{name}/corrections", PictureEndpoints.CorrectAsync).WithTags("Data sets").RequireScope(ApiScope.Caption).WithName("CorrectPicture")
            .WithSummary("A right caption or class for a picture: the data set's next version has it.").WithDescription("curl -F 'caption=A dog runs.' -F image=@dog.jpg")
            .Accepts<PictureUpload>("multipart/form-data").ProducesProblem(404).ProducesProblem(422);
    }
}
