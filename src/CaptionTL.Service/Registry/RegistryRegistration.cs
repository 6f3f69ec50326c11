using CaptionTL.Service.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CaptionTL.Service.Registry;

/// <summary>Models by name and version.</summary>
internal static class RegistryRegistration
{
    public static void AddRegistry(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<InstalledBundles>();
        builder.Services.AddSingleton<ModelRegistry>();
        builder.Services.AddSingleton<IModelCatalog>(services => services.GetRequiredService<ModelRegistry>());
        builder.Services.AddSingleton<ModelChanges>();
        builder.Services.AddHostedService<RegistryRefresh>();
    }

    public static void MapRegistry(this WebApplication app) => ModelEndpoints.Map(app);
}
